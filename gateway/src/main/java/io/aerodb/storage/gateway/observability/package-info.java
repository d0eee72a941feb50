/** What operators see: the access log. */
@NullMarked
package io.aerodb.storage.gateway.observability;

import org.jspecify.annotations.NullMarked;
