package io.aerodb.storage.gateway.form;

import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.http.UploadHeaders;
import io.aerodb.storage.gateway.http.UserMetadata;
import io.aerodb.storage.gateway.http.WholeNumbers;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** What the fields of one form say of its file. A field that is sent empty says nothing. */
final class FormFields {

    private static final String CACHE_CONTROL = "cacheControl";
    private static final String CONTENT_ENCODING = "contentEncoding";
    private static final String METADATA = "metadata";
    private static final Set<String> KNOWN = Set.of(CACHE_CONTROL, CONTENT_ENCODING, METADATA);

    private final DataSize maxMetadata;
    private final Set<String> seen = new HashSet<>();
    private @Nullable String cacheControl;
    private @Nullable String contentEncoding;
    private @Nullable String metadata;

    FormFields(DataSize maxMetadata) {
        this.maxMetadata = maxMetadata;
    }

    static boolean knows(String name) {
        return KNOWN.contains(name);
    }

    /**
     * Takes one of the known fields.
     *
     * @throws StorageError InvalidRequest or InvalidMetadata
     */
    void set(String name, byte[] value) {
        if (!seen.add(name)) {
            throw FormParser.malformed("must have the field %s once".formatted(name));
        }
        String text = new String(value, StandardCharsets.UTF_8).strip();
        if (text.isEmpty()) {
            return;
        }
        switch (name) {
            case METADATA -> metadata = UserMetadata.fromJson(METADATA, value, maxMetadata);
            case CONTENT_ENCODING -> contentEncoding = UploadHeaders.contentEncoding(CONTENT_ENCODING, text);
            default -> cacheControl = cacheControl(text);
        }
    }

    private static String cacheControl(String text) {
        return WholeNumbers.parse(text).isPresent()
                ? "max-age=" + text
                : UploadHeaders.cacheControl(CACHE_CONTROL, text);
    }

    /** These headers, and over them what the fields say. */
    UploadHeaders over(UploadHeaders headers) {
        return new UploadHeaders(
                headers.contentLength(),
                headers.contentType(),
                cacheControl == null ? headers.cacheControl() : cacheControl,
                contentEncoding == null ? headers.contentEncoding() : contentEncoding,
                metadata == null ? headers.metadata() : metadata,
                headers.digests());
    }
}
