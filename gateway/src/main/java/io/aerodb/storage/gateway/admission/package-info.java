/** How much is done at once, and for whom. */
@NullMarked
package io.aerodb.storage.gateway.admission;

import org.jspecify.annotations.NullMarked;
