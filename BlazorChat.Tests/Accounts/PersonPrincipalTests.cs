using System.Security.Claims;
using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Accounts;

/// <summary>Who somebody is comes from the signed cookie or not at all.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class PersonPrincipalTests
{
    [Fact]
    public void A_person_comes_back_as_they_were()
    {
        var person = new Person(Guid.NewGuid(), "Ada 👩‍💻");
        Assert.Equal(person, PersonPrincipal.Find(PersonPrincipal.Create(person)));
    }

    [Fact]
    public void Nobody_is_nobody()
    {
        Assert.Null(PersonPrincipal.Find(null));
        Assert.Null(PersonPrincipal.Find(new ClaimsPrincipal(new ClaimsIdentity())));
    }

    [Theory]
    [InlineData("not a guid", "Ada")]
    [InlineData("00000000000000000000000000000000", "Ada")]
    [InlineData("018f0000000070008000000000000001", "")]
    [InlineData("018f0000000070008000000000000001", "a name that is much longer than the forty characters allowed")]
    public void Claims_that_this_version_does_not_write_are_nobody(string id, string name)
    {
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, id), new Claim(ClaimTypes.Name, name)], "Cookies");
        Assert.Null(PersonPrincipal.Find(new ClaimsPrincipal(identity)));
    }

    [Theory]
    [InlineData("/rooms/1", "/rooms/1")]
    [InlineData("/", "/")]
    [InlineData("/rooms/1?a=b#c", "/rooms/1?a=b#c")]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("//elsewhere.example", "/")]
    [InlineData("/\\elsewhere.example", "/")]
    [InlineData("/\t/elsewhere.example", "/")]
    [InlineData("https://elsewhere.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("rooms/1", "/")]
    public void After_joining_people_stay_here(string? asked, string lands) => Assert.Equal(lands, ReturnUrl.LocalOrStart(asked));
}
