/** What operators see: the access log, metrics and health. */
@NullMarked
package io.aerodb.storage.gateway.observability;

import org.jspecify.annotations.NullMarked;
