package io.dvcr.registry.access;

import java.util.List;

/**
 * A set of permissions: what a token was made for.
 *
 * @param catalog whether repositories may be listed
 * @param administration whether the registry may be run, which includes everything else
 */
public record Grants(List<Grant> onRepositories, boolean catalog, boolean administration) implements Rights {
    /** Nothing at all. */
    public static final Grants NONE = new Grants(List.of(), false, false);

    public Grants {
        onRepositories = List.copyOf(onRepositories);
    }

    @Override
    public boolean allow(Permission permission) {
        return administration
                || switch (permission) {
                    case Permission.OnRepository wanted ->
                        onRepositories.stream().anyMatch(grant -> grant.allows(wanted));
                    case Permission.Catalog _ -> catalog;
                    case Permission.Administration _ -> false;
                    case Permission.Identity _ -> true;
                };
    }
}
