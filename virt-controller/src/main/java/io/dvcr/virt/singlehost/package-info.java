/**
 * The single-host runtime: machines are files below the data directory and domains of this host's libvirt.
 *
 * <p>Where libvirt is the system's ({@code qemu:///system}), QEMU runs as a user of its own, so every directory above the
 * data directory must let others pass ({@code o+x}); the volumes themselves stay closed to others: libvirt gives them to
 * QEMU's user while the machine runs and back to root afterwards. Where AppArmor confines QEMU, libvirt lets it reach
 * what the domain's definition names, which is all that it needs; {@code virt-aa-helper} in turn may look at files
 * called {@code disk} anywhere but below a hidden directory of a home directory.
 */
@NullMarked
package io.dvcr.virt.singlehost;

import org.jspecify.annotations.NullMarked;
