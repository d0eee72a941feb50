package io.aerodb.storage.gateway.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page that is made of the document. */
class DocumentPageTest {

    private static final Pattern LINK = Pattern.compile("href=\"#([^\"]+)\"");

    private final Node document = Node.parse(OpenApiDocumentTest.yaml());
    private final String page = DocumentPage.of(document);

    @Test
    void everyPathAndEverySchemaIsOnIt() {
        assertThat(page).contains(document.at("paths").members().keySet());
        assertThat(document.at("components").at("schemas").members().keySet())
                .allSatisfy(name -> assertThat(page).contains("id=\"schema-" + name + "\""));
    }

    @Test
    void itsLinksLeadToSomething() {
        assertThat(LINK.matcher(page).results().map(link -> link.group(1)).collect(Collectors.toSet()))
                .isNotEmpty()
                .allSatisfy(target -> assertThat(page).contains(" id=\"" + target + "\""));
    }

    @Test
    void nothingOnItRunsOrIsLoaded() {
        assertThat(page).doesNotContainIgnoringCase("<script", "src=", "url(", "@import", "<link");
    }

    @Test
    void textOfTheDocumentIsNoMarkup() {
        Node hostile = Node.parse("{info: {title: '<script>', summary: 'a `<b>` & \"c\"'}, tags: [], paths: {}}");

        assertThat(DocumentPage.of(hostile))
                .contains("<h1>&lt;script&gt; API</h1>", "a <code>&lt;b&gt;</code> &amp; &quot;c&quot;");
    }
}
