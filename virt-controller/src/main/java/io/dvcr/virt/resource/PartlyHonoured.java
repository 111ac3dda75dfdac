package io.dvcr.virt.resource;

import java.util.List;

/** A spec that may have fields which mean nothing where it is read; whoever wrote them is warned. */
public interface PartlyHonoured {

    /** The paths of those that are there, within the spec. */
    List<String> notHonoured();
}
