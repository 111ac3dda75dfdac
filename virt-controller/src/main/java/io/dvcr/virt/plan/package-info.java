/** What to do next for a machine, and what to say about it: pure functions, the same for every runtime. */
@NullMarked
package io.dvcr.virt.plan;

import org.jspecify.annotations.NullMarked;
