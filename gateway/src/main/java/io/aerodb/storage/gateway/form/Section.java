package io.aerodb.storage.gateway.form;

import io.aerodb.storage.gateway.http.LeasedBytes;
import java.util.function.BiConsumer;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/** Where the bytes between two boundaries go. */
interface Section {

    /** Text before the first boundary and fields that mean nothing here. */
    Section IGNORED = DataBufferUtils::release;

    /** Takes the next bytes and owns them. */
    void take(DataBuffer bytes);

    /** The next boundary was found. */
    default void end() {}

    /**
     * A field that is kept.
     *
     * @param value empty
     */
    static Section field(String name, LeasedBytes value, BiConsumer<String, byte[]> fields) {
        return new Section() {
            @Override
            public void take(DataBuffer bytes) {
                value.append(bytes);
            }

            @Override
            public void end() {
                fields.accept(name, value.toByteArray());
            }
        };
    }
}
