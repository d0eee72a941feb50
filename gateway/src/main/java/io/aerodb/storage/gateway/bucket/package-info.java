/** Buckets: routes, handler, service. */
@NullMarked
package io.aerodb.storage.gateway.bucket;

import org.jspecify.annotations.NullMarked;
