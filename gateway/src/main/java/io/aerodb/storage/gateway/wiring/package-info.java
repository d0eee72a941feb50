/** Settings and assembly: the only package that names an adapter. */
@NullMarked
package io.aerodb.storage.gateway.wiring;

import org.jspecify.annotations.NullMarked;
