/** Blobs as files below one directory of a POSIX file system. */
@NullMarked
package io.aerodb.storage.backend.local;

import org.jspecify.annotations.NullMarked;
