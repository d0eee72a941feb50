/** The facts: buckets, objects, blobs and events in PostgreSQL, each read and written under row-level security. */
@NullMarked
package io.aerodb.storage.metadata;

import org.jspecify.annotations.NullMarked;
