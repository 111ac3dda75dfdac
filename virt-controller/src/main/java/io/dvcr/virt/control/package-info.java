/**
 * Looks after resources: observes, plans, executes, says what is so, again and again. Acts on what is seen, never on what
 * happened, so that it may be killed anywhere.
 */
@NullMarked
package io.dvcr.virt.control;

import org.jspecify.annotations.NullMarked;
