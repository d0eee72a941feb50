/** From the database's answers to what a client is told. No rules of its own: those stand in the row-security policies. */
@NullMarked
package io.aerodb.storage.gateway.permission;

import org.jspecify.annotations.NullMarked;
