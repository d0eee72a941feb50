/** How jobs read blobs. */
@NullMarked
package io.aerodb.storage.gateway.blob;

import org.jspecify.annotations.NullMarked;
