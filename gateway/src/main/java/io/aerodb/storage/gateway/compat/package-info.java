/** What clients of Supabase Storage expect beside the native API: an older dialect, and answers for what is not here. */
@NullMarked
package io.aerodb.storage.gateway.compat;

import org.jspecify.annotations.NullMarked;
