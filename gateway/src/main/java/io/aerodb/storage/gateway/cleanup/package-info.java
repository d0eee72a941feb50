/** Leases and what becomes of blobs that nobody refers to. */
@NullMarked
package io.aerodb.storage.gateway.cleanup;

import org.jspecify.annotations.NullMarked;
