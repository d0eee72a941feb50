/** Blobs as objects of a bucket of Amazon S3, or of anything that speaks its protocol. */
@NullMarked
package io.aerodb.storage.backend.s3;

import org.jspecify.annotations.NullMarked;
