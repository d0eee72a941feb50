/** Signed URLs: what their tokens say, who may make, list and revoke them. Using them is up to the objects. */
@NullMarked
package io.aerodb.storage.gateway.signing;

import org.jspecify.annotations.NullMarked;
