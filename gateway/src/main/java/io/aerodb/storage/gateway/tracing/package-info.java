/** Traces by OpenTelemetry: W3C trace context in, spans out by OTLP when an endpoint is set. */
@NullMarked
package io.aerodb.storage.gateway.tracing;

import org.jspecify.annotations.NullMarked;
