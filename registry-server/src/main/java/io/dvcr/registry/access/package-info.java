/** Who may do what: rules, what they grant, and what every endpoint says that it takes. */
@NullMarked
package io.dvcr.registry.access;

import org.jspecify.annotations.NullMarked;
