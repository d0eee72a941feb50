/** A backend whose calls are timed. */
@NullMarked
package io.aerodb.storage.backend.observed;

import org.jspecify.annotations.NullMarked;
