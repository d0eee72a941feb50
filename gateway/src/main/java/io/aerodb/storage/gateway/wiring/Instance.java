package io.aerodb.storage.gateway.wiring;

import java.util.UUID;

/**
 * This process among the gateways of one database.
 *
 * @param id new at every start
 * @param build the version that runs
 */
public record Instance(UUID id, String build) {}
