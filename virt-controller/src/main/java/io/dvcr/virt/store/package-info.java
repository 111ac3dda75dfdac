/** Resources kept as files of one host, durably, and told of as they change. */
@NullMarked
package io.dvcr.virt.store;

import org.jspecify.annotations.NullMarked;
