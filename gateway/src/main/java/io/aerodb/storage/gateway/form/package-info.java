/** Uploads that come as {@code multipart/form-data}: the file is passed on as it arrives, the fields are kept. */
@NullMarked
package io.aerodb.storage.gateway.form;

import org.jspecify.annotations.NullMarked;
