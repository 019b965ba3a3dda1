import Lifecycle
import Testing

@Suite struct AllowanceTests {
    @Test("D-14: so many at once, then one by one, and after a rest no more than at once again")
    func taking() {
        var allowance = Allowance(3, eachNanoseconds: 10)
        func taken(_ count: Int, at now: Int) -> Int { (0..<count).count { _ in allowance.take(at: now) } }
        #expect(taken(5, at: 0) == 3)
        #expect(taken(5, at: 9) == 0)
        #expect(taken(5, at: 10) == 1)
        #expect(taken(5, at: 35) == 2)
        #expect(taken(5, at: 40) == 1)
        #expect(taken(50, at: 1_000_000) == 3)
    }

    @Test("D-15: what is used beyond it is made up for by waiting")
    func spending() {
        var allowance = Allowance(100, eachNanoseconds: 2)
        #expect(allowance.spend(100, at: 1000) == 0)
        #expect(allowance.spend(50, at: 1000) == 100)
        #expect(allowance.spend(50, at: 1000) == 200)
        #expect(allowance.spend(10, at: 1200) == 20)
        #expect(allowance.spend(100, at: 9999) == 0)
    }
}
