/** HTTP without opinions: paths, headers, bodies, preconditions and the one table of errors. */
@NullMarked
package io.aerodb.storage.gateway.http;

import org.jspecify.annotations.NullMarked;
