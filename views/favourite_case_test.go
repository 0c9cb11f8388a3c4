package views

func favouriteCases() []golden {
	list := FavouriteListData{Region: region("member:" + ann.ID), Member: ann.ID, Items: []FavouriteData{
		{ID: uid(81), Version: 57, Target: "issue:" + uid(12), Issue: IssueChipData{"ENG-12", rtlTitle, started}},
		{ID: uid(82), Version: 58, Target: "team:" + eng.ID, Team: eng},
		{ID: uid(83), Version: 59, Target: "view:" + uid(77), Folder: "Soon", Team: eng, View: SavedViewLink{SavedView{ID: uid(77), Name: longTitle, Icon: "person"}, Query{Saved: uid(77)}}},
		{ID: uid(84), Version: 60, Target: "project:" + uid(61), Folder: "Soon", Project: Project{ID: uid(61), Name: "New <login>", State: "started"}},
		{ID: uid(85), Version: 61, Target: "cycle:" + uid(62), Folder: "Soon", Team: eng, Cycle: Cycle{ID: uid(62), Team: eng.ID, Number: 7, State: "current"}},
	}}
	none := FavouriteListData{Region: list.Region, Member: ann.ID}
	star := StarData{Region: list.Region, Member: ann.ID, Target: "issue:" + uid(12)}
	starred := star
	starred.Favourite = uid(81)
	return []golden{
		{"favourite/sidebar", fragment, SidebarFavourites(here, list)},
		{"favourite/sidebar_none", fragment, SidebarFavourites(here, none)},
		{"favourite/list", fragment, FavouriteList(here, list)},
		{"favourite/list_none", fragment, FavouriteList(here, none)},
		{"favourite/star", fragment, Star(here, star)},
		{"favourite/starred", fragment, Star(here, starred)},
	}
}
