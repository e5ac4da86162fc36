import Testing

@testable import Serving

@Suite("Placeholder") struct PlaceholderTests {}
