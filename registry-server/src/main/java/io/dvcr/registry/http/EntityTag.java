package io.dvcr.registry.http;

import java.util.Arrays;

/**
 * The strong entity tag of one version of something: RFC 9110, section 8.8.3.
 *
 * @param opaque what stands between the quotes; holds neither a quote nor a comma
 */
public record EntityTag(String opaque) {

    /** Whether the client says by {@code If-None-Match} (section 13.1.2) that it has this version already. */
    public boolean isKnownTo(Request request) {
        return request.header("If-None-Match").filter(this::isOneOf).isPresent();
    }

    private boolean isOneOf(String list) {
        return Arrays.stream(list.split(",", -1))
                .map(String::strip)
                .anyMatch(tag -> tag.equals("*") || tag.equals(toString()) || tag.equals("W/" + this));
    }

    /** As it stands in a header. */
    @Override
    public String toString() {
        return "\"" + opaque + "\"";
    }
}
