/** What is done again and again while the gateway runs, and how it ends with it. */
@NullMarked
package io.aerodb.storage.gateway.jobs;

import org.jspecify.annotations.NullMarked;
