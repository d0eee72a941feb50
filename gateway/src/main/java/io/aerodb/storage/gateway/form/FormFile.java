package io.aerodb.storage.gateway.form;

import io.aerodb.storage.gateway.http.UploadHeaders;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;

/**
 * The file of a form, when it begins.
 *
 * @param headers of the file, without what fields say; its length is not among them
 * @param leastSize bytes that the file has at least, as the form is so long
 * @param content for one subscriber; ends well when the whole form has, also what stands behind the file
 * @param finalHeaders the same with the fields, before the file and behind it. Ask when the content has ended
 */
public record FormFile(
        UploadHeaders headers,
        OptionalLong leastSize,
        Flux<DataBuffer> content,
        Supplier<UploadHeaders> finalHeaders) {}
