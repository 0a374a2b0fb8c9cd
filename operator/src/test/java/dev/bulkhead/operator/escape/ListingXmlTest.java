package dev.bulkhead.operator.escape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.escape.ListingXml.Listed;
import java.util.Set;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;

class ListingXmlTest {
    @Test
    void elements_of_a_name_are_read_with_what_is_in_them() throws XMLStreamException {
        String body = "<L xmlns=\"x\"><IsTruncated>false</IsTruncated><Version><Key>a&amp;b</Key>"
                + "<Owner><ID>me</ID></Owner></Version><Other><Key>no</Key></Other></L>";

        ListingXml listing = ListingXml.read(body, Set.of("Version"));

        assertThat(listing.entries())
                .singleElement()
                .returns("a&b", version -> version.value("Key"))
                .returns("", version -> version.value("ETag"))
                .extracting(Listed::element)
                .isEqualTo("Version");
        assertThat(listing.value("IsTruncated")).isEqualTo("false");
        assertThat(listing.value("Key")).as("of what was not asked for").isEmpty();
    }

    @Test
    void what_is_no_xml_is_not_read_as_an_empty_list() {
        assertThatThrownBy(() -> ListingXml.read("<L><Key>\0</Key></L>", Set.of("Key")))
                .isInstanceOf(XMLStreamException.class);
    }

    @Test
    void nothing_that_a_document_names_is_fetched() {
        String body = "<!DOCTYPE L [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><L><Key>&e;</Key></L>";

        assertThatThrownBy(() -> ListingXml.read(body, Set.of("Key"))).isInstanceOf(XMLStreamException.class);
    }
}
