/**
 * What runs machines and keeps volumes, as the plans see it: libvirt and files on a single host, Pods and claims in a
 * cluster.
 */
@NullMarked
package io.dvcr.virt.runtime;

import org.jspecify.annotations.NullMarked;
