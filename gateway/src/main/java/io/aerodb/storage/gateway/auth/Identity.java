package io.aerodb.storage.gateway.auth;

import io.aerodb.storage.metadata.RlsContext;
import java.math.BigDecimal;

/**
 * Whose a verified token is.
 *
 * @param expiry {@code exp}, in seconds since the epoch; has to be checked again at each use
 */
record Identity(RlsContext context, BigDecimal expiry) {}
