/** How an adapter takes content in, and does the file and hash work off the event loops. */
@NullMarked
package io.aerodb.storage.backend.work;

import org.jspecify.annotations.NullMarked;
