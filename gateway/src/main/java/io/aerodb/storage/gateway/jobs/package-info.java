/** Leases and what becomes of blobs that nobody refers to. */
@NullMarked
package io.aerodb.storage.gateway.jobs;

import org.jspecify.annotations.NullMarked;
