/** Images that clients send: from the first byte to the import that makes an image of them. */
@NullMarked
package io.dvcr.importers.upload;

import org.jspecify.annotations.NullMarked;
