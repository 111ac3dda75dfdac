/** What happens in the registry, told to others as CloudEvents, by webhooks that lose none. */
@NullMarked
package io.dvcr.registry.event;

import org.jspecify.annotations.NullMarked;
