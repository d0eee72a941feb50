/** Objects: routes, handler, and the way of bytes in and out. */
@NullMarked
package io.aerodb.storage.gateway.object;

import org.jspecify.annotations.NullMarked;
