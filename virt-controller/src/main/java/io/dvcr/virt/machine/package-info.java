/** The values of a virtual machine: what is asked for, what is so, and the image that its volume is made of. */
@NullMarked
package io.dvcr.virt.machine;

import org.jspecify.annotations.NullMarked;
