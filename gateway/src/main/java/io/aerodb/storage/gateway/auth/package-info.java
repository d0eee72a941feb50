/** Who is asking: tokens in, {@link io.aerodb.storage.metadata.RlsContext} out. */
@NullMarked
package io.aerodb.storage.gateway.auth;

import org.jspecify.annotations.NullMarked;
