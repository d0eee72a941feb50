/** What is stored is read again from time to time, and what is damaged is told. */
@NullMarked
package io.aerodb.storage.gateway.scrub;

import org.jspecify.annotations.NullMarked;
