/** What service_role alone may ask: why callers are allowed or denied. */
@NullMarked
package io.aerodb.storage.gateway.admin;

import org.jspecify.annotations.NullMarked;
