package io.dvcr.virt.libvirt;

/** How machines are connected. Each has one interface, whose address is made of the machine's uuid. */
public sealed interface Networking {

    /** Behind QEMU's own translator: guests reach out, nobody reaches in. Takes no privileges and no preparation. */
    record User() implements Networking {}

    /** As {@link User}, by passt, which is faster and knows IPv6; takes libvirt 9.2 and passt on the host. */
    record Passt() implements Networking {}

    /** On a bridge of the host, such as {@code br0}. */
    record Bridge(String name) implements Networking {
        public Bridge {
            requireName(name);
        }
    }

    /** On a network of libvirt, such as {@code default}. */
    record Network(String name) implements Networking {
        public Network {
            requireName(name);
        }
    }

    private static void requireName(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a bridge or network without a name");
        }
    }
}
