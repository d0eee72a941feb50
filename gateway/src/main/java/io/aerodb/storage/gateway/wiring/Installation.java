package io.aerodb.storage.gateway.wiring;

import java.util.UUID;

/**
 * What all gateways of one database have in common.
 *
 * @param id made with the database, never shown to clients
 */
public record Installation(UUID id) {}
