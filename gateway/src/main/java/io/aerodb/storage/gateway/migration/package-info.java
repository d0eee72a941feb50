/** Moves buckets to other backends while they are read and written. */
@NullMarked
package io.aerodb.storage.gateway.migration;

import org.jspecify.annotations.NullMarked;
