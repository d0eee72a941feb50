/** What is told of an operation: its name and the facts that stand in its line. */
@NullMarked
package io.aerodb.storage.gateway.log;

import org.jspecify.annotations.NullMarked;
