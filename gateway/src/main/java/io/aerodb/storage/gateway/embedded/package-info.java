/**
 * The conveniences for one machine: a PostgreSQL from a jar, a generated secret and tokens signed with it, and the banner
 * that says how to use them. Nothing here is used in production.
 */
@NullMarked
package io.aerodb.storage.gateway.embedded;

import org.jspecify.annotations.NullMarked;
