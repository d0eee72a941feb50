/** The bytes: the {@link io.aerodb.storage.backend.StorageBackend} port and the values that cross it. */
@NullMarked
package io.aerodb.storage.backend;

import org.jspecify.annotations.NullMarked;
