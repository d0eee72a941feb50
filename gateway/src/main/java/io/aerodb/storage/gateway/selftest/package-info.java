/** A file stored and read back by a client, to see whether an installation works. */
@NullMarked
package io.aerodb.storage.gateway.selftest;

import org.jspecify.annotations.NullMarked;
