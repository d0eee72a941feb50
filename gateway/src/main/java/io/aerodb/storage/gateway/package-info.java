/** The application's entry. */
@NullMarked
package io.aerodb.storage.gateway;

import org.jspecify.annotations.NullMarked;
