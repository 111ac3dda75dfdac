/** What operators rule about repositories: quotas, tags that do not move, and what is kept for how long. Pure values. */
@NullMarked
package io.dvcr.storage.policy;

import org.jspecify.annotations.NullMarked;
